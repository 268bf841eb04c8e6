/** A row of MISP's log, as `logs/index` gives it. */
export interface LogRow {
  id: string;
  title: string;
  created: string;
  model: string;
  model_id: string;
  action: string;
  user_id: string;
  change: string;
  email: string;
  org: string;
  description: string;
  ip: string;
}

/** Who did it: a user, or MISP itself. */
export interface Actor {
  id: string;
  email: string;
  org: string;
}

export const SYSTEM: Actor = { id: '0', email: 'SYSTEM', org: 'SYSTEM' };

const MOST_ROWS = 5000;

/** What MISP leaves behind: its log, and the two files that tell what the log does not. */
export class MispLog {
  readonly rows: LogRow[] = [];
  /** `error.log`: the only place where a service that cannot be asked is named. */
  readonly errors: string[] = [];
  /** The log of the background worker: the only place where a lost run is named. */
  readonly worker: string[] = [];
  private lastId = 0;

  write(
    entry: Pick<LogRow, 'title' | 'action' | 'model' | 'model_id'> & { change?: string; by?: Actor },
  ): void {
    const { title, action, model, model_id, change = '', by = SYSTEM } = entry;
    this.lastId += 1;
    this.rows.push({
      id: String(this.lastId),
      title,
      created: new Date().toISOString().slice(0, 19).replace('T', ' '),
      model,
      model_id,
      action,
      user_id: by.id,
      change,
      email: by.email,
      org: by.org,
      description: '',
      ip: '',
    });
    if (this.rows.length > MOST_ROWS) this.rows.splice(0, this.rows.length - MOST_ROWS);
  }
}
