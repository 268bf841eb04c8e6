import type { SendMail } from '../../actions/plan';
import { WorkflowError } from '../../text';

/** A file as nodemailer takes it. */
export interface MailFile {
  filename: string;
  content: string;
  contentType: string;
}

/** Writes the attachments of mails as JSON, the same data once for all of them. */
export class Attachments {
  private readonly written = new Map<unknown, string>();

  /** @param mostBytes all attachments of one mail together */
  constructor(private readonly mostBytes: number) {}

  /** @throws {WorkflowError} if they are too large, or no JSON */
  of({ attachments = [] }: SendMail): MailFile[] {
    let bytes = 0;
    return attachments.map(({ filename, data }) => {
      const content = this.write(data);
      bytes += Buffer.byteLength(content);
      if (bytes > this.mostBytes) {
        const [size, most] = [bytes, this.mostBytes].map(megabytes);
        throw new WorkflowError('mail.tooLarge', { size, most });
      }
      return { filename, content, contentType: 'application/json' };
    });
  }

  private write(data: unknown): string {
    const before = this.written.get(data);
    if (before !== undefined) return before;
    try {
      const json = JSON.stringify(data) ?? 'null';
      this.written.set(data, json);
      return json;
    } catch {
      throw new WorkflowError('mail.notJson');
    }
  }
}

const megabytes = (bytes: number) => (bytes / 1024 / 1024).toFixed(1);
