interface Gate {
  /** How many false inputs make it false. */
  left: number;
  feeds: Gate[];
}

/**
 * And/or gates over each other, in circles too. A gate counts as true unless its inputs make it false, so a
 * circle alone proves nothing false. Linear in the number of inputs.
 */
export class Gates {
  private readonly gates = new Map<string, Gate>();
  private readonly off: Gate[] = [];

  /** True while all inputs are. */
  all(name: string, inputs: readonly string[]): void {
    this.connect(name, inputs, 1);
  }

  /** True while one of the inputs is; without inputs it is false. */
  any(name: string, inputs: readonly string[]): void {
    this.connect(name, inputs, inputs.length);
    if (inputs.length === 0) this.off.push(this.gate(name));
  }

  /** To be called once, when all gates are connected. */
  solve(): (name: string) => boolean {
    const isFalse = new Set<Gate>();
    for (let gate = this.off.pop(); gate; gate = this.off.pop()) {
      if (isFalse.has(gate)) continue;
      isFalse.add(gate);
      for (const fed of gate.feeds) if (--fed.left === 0) this.off.push(fed);
    }
    return (name) => {
      const gate = this.gates.get(name);
      return gate !== undefined && !isFalse.has(gate);
    };
  }

  private connect(name: string, inputs: readonly string[], left: number): void {
    const gate = this.gate(name);
    gate.left = left;
    for (const input of inputs) this.gate(input).feeds.push(gate);
  }

  private gate(name: string): Gate {
    let gate = this.gates.get(name);
    if (!gate) {
      gate = { left: Infinity, feeds: [] };
      this.gates.set(name, gate);
    }
    return gate;
  }
}
