/** What a value may be, as far as the proof needs to know; a set of these bits. */
export const PLAIN = 0;
/** It leads back to the message: a part of it, a copy, or its text. */
export const MESSAGE = 1;
/** It comes from a context store, or a variable that outlives the call: what is put into it can be fetched later. */
export const STORED = 2;
/** Something in it is STORED. */
export const HOLDS_STORED = 4;
/** Code that is not seen: a module, an unknown global. */
export const FOREIGN = 8;
/** Something in it is FOREIGN. */
export const HOLDS_FOREIGN = 16;
/** With FOREIGN: keeps nothing of what it is given, and gives data when it is awaited. */
export const KEEPS_NOTHING = 32;
/** A promise behind which the code still acts: it has to be awaited. */
export const LATER = 64;
/** A list of such promises: awaiting the list awaits none of them. */
export const LATER_LIST = 128;
/** Such promises where nobody looks for them. */
const LATER_LOST = 256;
/** Something still acts, wherever. */
export const PENDING = LATER | LATER_LIST | LATER_LOST;

/** Where an object may be found: in a variable, or in a property of one. */
export interface Place {
  variable: Variable;
  field: string;
}
/** Somewhere in the variable. */
const ANYWHERE = '';
/** The variable's own object, nothing in it. */
const ITSELF = '.';

export interface Value {
  bits: number;
  /** Where the objects come from that it may be, or be a part of. */
  from: readonly Place[];
  /** Where the objects come from that it may contain. */
  holds: readonly Place[];
}

export const valueOf = (bits: number): Value => ({ bits, from: [], holds: [] });
export const plain: Value = valueOf(PLAIN);

export function union(values: readonly Value[]): Value {
  if (values.length === 1) return values[0];
  let bits = 0;
  for (const value of values) bits |= value.bits;
  return { bits, from: all(values.map(({ from }) => from)), holds: all(values.map(({ holds }) => holds)) };
}

function all(lists: readonly (readonly Place[])[]): readonly Place[] {
  const filled = lists.filter(({ length }) => length > 0);
  return filled.length > 1 ? [...new Set(filled.flat())] : (filled[0] ?? []);
}

/** What a container of the value is. */
export function inside({ bits, from, holds }: Value): Value {
  const held =
    (bits & STORED ? HOLDS_STORED : 0) |
    (bits & FOREIGN ? HOLDS_FOREIGN : 0) |
    (bits & LATER ? LATER_LIST : 0) |
    (bits & (LATER_LIST | LATER_LOST) ? LATER_LOST : 0);
  const kept = bits & ~(STORED | FOREIGN | KEEPS_NOTHING | PENDING);
  return { bits: kept | held, from: [], holds: all([from, holds]) };
}

/** What comes out of a container. */
export function partOf({ bits, from, holds }: Value): Value {
  const out = (bits & HOLDS_STORED ? STORED : 0) | (bits & HOLDS_FOREIGN ? FOREIGN : 0);
  return { bits: bits | out, from: all([from, holds]), holds };
}

/** What a text of the value is. */
export const literalText = ({ bits }: Value): Value => valueOf(bits & MESSAGE);

export class Variable {
  bits = PLAIN;
  readonly fields = new Map<string, number>();
  /** What it may be, or be a part of. */
  readonly origins = new Set<Place>();
  /** What its properties may contain. */
  readonly contents = new Map<string, Set<Place>>();
  /** Where the message was put into it. */
  readonly touched = new Set<string>();
  private readonly places = new Map<string, Place>();

  place(field = ANYWHERE): Place {
    let place = this.places.get(field);
    if (!place) this.places.set(field, (place = { variable: this, field }));
    return place;
  }
}

/**
 * All variables of a piece of code. What they may be only grows, until a pass over the code adds nothing. If the
 * message is put into an object, it is also in whatever that object is a part of, and may be in what it contains.
 */
export class Variables {
  changed = false;
  private readonly byName = new Map<string, Variable>();

  named(name: string): Variable {
    let variable = this.byName.get(name);
    if (!variable) this.byName.set(name, (variable = new Variable()));
    return variable;
  }

  read(variable: Variable, field?: string): Value {
    if (field !== undefined) {
      const bits = partOf(valueOf(variable.bits)).bits | (variable.fields.get(field) ?? 0);
      return { bits, from: [variable.place(field)], holds: [] };
    }
    let bits = variable.bits;
    for (const own of variable.fields.values()) bits |= inside(valueOf(own)).bits;
    return { bits, from: [variable.place()], holds: [] };
  }

  /** The variable may be the value. */
  add(variable: Variable, { bits, from, holds }: Value): void {
    this.grow(variable, ANYWHERE, bits);
    for (const place of from) {
      if (place.variable === variable || variable.origins.has(place)) continue;
      variable.origins.add(place);
      this.changed = true;
      if (variable.touched.size > 0) this.touch(place);
    }
    this.contain(variable, ANYWHERE, holds);
  }

  /** A property of the variable may be the value. */
  setField(variable: Variable, field: string, { bits, from, holds }: Value): void {
    this.grow(variable, field, bits);
    this.contain(variable, field, all([from, holds]));
    if (bits & MESSAGE) this.touch(variable.place(ITSELF));
  }

  /** The value is put somewhere into what may be found at a place. */
  put({ variable, field }: Place, value: Value): void {
    const { bits, holds } = inside(value);
    this.grow(variable, field, bits);
    this.contain(variable, field, holds);
    if (bits & MESSAGE) this.touch(variable.place(field));
  }

  private contain(variable: Variable, field: string, places: readonly Place[]): void {
    let contents = variable.contents.get(field);
    if (!contents) variable.contents.set(field, (contents = new Set()));
    for (const place of places) {
      if (place.variable === variable || contents.has(place)) continue;
      contents.add(place);
      this.changed = true;
      const { touched } = variable;
      const inField = field === ANYWHERE ? [...touched].some((name) => name !== ITSELF) : touched.has(field);
      if (inField || touched.has(ANYWHERE)) this.touch(place);
    }
  }

  private touch(first: Place): void {
    const todo = [first];
    for (let place = todo.pop(); place; place = todo.pop()) {
      const { variable, field } = place;
      if (variable.touched.has(field)) continue;
      variable.touched.add(field);
      this.changed = true;
      if (field !== ITSELF) this.grow(variable, field, MESSAGE);
      todo.push(...variable.origins);
      if (field === ANYWHERE) for (const contents of variable.contents.values()) todo.push(...contents);
      else if (field !== ITSELF)
        todo.push(...(variable.contents.get(field) ?? []), ...(variable.contents.get(ANYWHERE) ?? []));
    }
  }

  private grow(variable: Variable, field: string, bits: number): void {
    const known = field === ANYWHERE ? variable.bits : (variable.fields.get(field) ?? PLAIN);
    if ((known | bits) === known) return;
    this.changed = true;
    if (field === ANYWHERE) variable.bits |= bits;
    else variable.fields.set(field, known | bits);
  }
}
