/**
 * What a trigger is to do about the event of a proof: answer, say nothing until the time is up (`silence`), or break the
 * connection off as if Node-RED had died (`death`).
 */
export type ProofAnswer = 'block' | 'allow' | 'silence' | 'death';

/** An answer that waits for MISP's question. */
export interface ExpectedCall {
  /** MISP has asked. */
  readonly called: boolean;
  /** It is not waited for any more. */
  end(): void;
}

/** How long a question is waited for at most, in milliseconds. */
const MOST_MS = 5 * 60_000;

/**
 * The answers of proofs that are under way. Each stands for one question of MISP about one event that was made for it, of
 * one module: nothing else is ever answered so.
 */
export class ProofAnswers {
  private readonly waiting = new Map<string, () => ProofAnswer>();

  /** @param event the uuid of an event that was made for the proof */
  expect(module: string, event: string, answer: ProofAnswer): ExpectedCall {
    const key = keyOf(module, event);
    const call = { called: false, end };
    this.waiting.set(key, () => {
      call.called = true;
      end();
      return answer;
    });
    const timer = setTimeout(end, MOST_MS).unref();
    const { waiting } = this;
    function end(): void {
      clearTimeout(timer);
      waiting.delete(key);
    }
    return call;
  }

  /** How a question about an event is to be answered, if it is the one that a proof waits for. */
  take(module: string, event: unknown): ProofAnswer | undefined {
    return typeof event === 'string' ? this.waiting.get(keyOf(module, event))?.() : undefined;
  }
}

const keyOf = (module: string, event: string): string => `${module} ${event.toLowerCase()}`;
