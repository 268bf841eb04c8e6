/**
 * The parts of Node-RED's jQuery that this package uses. Unlike jQuery's own types, whatever takes text for markup
 * does not take text here.
 */

/** What an element is put into or beside: an element that is there, or its selector. */
type Place = JQuery | '#dialog-form' | 'head';
/** What can be put into an element: no text, which would become markup. */
type Content = JQuery | Node | (JQuery | Node)[];
type Attribute = string | number;

interface JQueryEvent {
  target: Element;
  key: string;
  originalEvent: ClipboardEvent;
  preventDefault(): void;
  stopPropagation(): void;
  stopImmediatePropagation(): void;
}

interface JQuery {
  length: number;
  [index: number]: HTMLElement;
  [Symbol.iterator](): Iterator<HTMLElement>;
  addClass(names: string): this;
  after(...content: Content[]): this;
  append(...content: Content[]): this;
  appendTo(place: Place): this;
  attr(name: string): string | undefined;
  attr(name: string, value: Attribute): this;
  attr(values: Record<string, Attribute>): this;
  children(selector?: string): this;
  closest(selector: string): this;
  css(name: string, value: string): this;
  css(values: Record<string, string>): this;
  data(name: string): unknown;
  data(name: string, value: unknown): this;
  empty(): this;
  eq(index: number): this;
  filter(fits: (index: number, element: HTMLElement) => boolean): this;
  find(selector: string): this;
  first(): this;
  has(element: Element): this;
  hide(): this;
  insertAfter(place: JQuery): this;
  insertBefore(place: JQuery): this;
  is(selector: string): boolean;
  next(selector: string): this;
  off(event: string): this;
  on(events: string, handler: (event: JQueryEvent) => unknown): this;
  on(events: string, selector: string, handler: (this: HTMLElement, event: JQueryEvent) => unknown): this;
  parent(): this;
  prop(name: string): boolean;
  prop(name: string, value: boolean): this;
  remove(): this;
  removeAttr(name: string): this;
  show(): this;
  siblings(selector: string): this;
  text(): string;
  text(text: string | number): this;
  toArray(): HTMLElement[];
  toggle(isShown: boolean): this;
  toggleClass(name: string, isSet: boolean): this;
  trigger(event: string): this;
  /** The value of an input; undefined if there is no element. Elements of our forms have one. */
  val(): string;
  val(value: string): this;
  /** Node-RED's widgets. */
  editableList<Row>(options: {
    addButton: string;
    height: 'auto';
    removable: boolean;
    sortable: boolean;
    addItem(row: JQuery, index: number, value: Row): void;
    removeItem(): void;
  }): this;
  editableList(method: 'addItems', rows: readonly unknown[]): this;
  editableList(method: 'items'): { toArray(): JQuery[] };
  typedInput(options: { default: string; types: string[]; typeField: string }): this;
  typedInput(method: 'type' | 'value', value: unknown): this;
}

/** A request that is under way, or over. */
interface JQueryRequest<Answer> {
  done(take: (answer: Answer) => void): this;
  fail(take: (request: { status: number; responseJSON?: unknown }, reason: string) => void): this;
  abort(): void;
}

interface JQueryStatic {
  (element: string | HTMLElement): JQuery;
  ajax(options: {
    url: string;
    type?: string;
    contentType?: string;
    data?: string;
    dataType?: string;
  }): JQueryRequest<unknown>;
  param(values: object, isTraditional: boolean): string;
}

declare const $: JQueryStatic;
