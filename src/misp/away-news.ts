import type { Exchange, Told } from '../news/exchange';
import type { Found } from './breaker';

interface ServerNews {
  /** The node of the MISP. */
  server: string;
  found: Found;
}

/** What was found earlier may be otherwise by now, in milliseconds. */
const OLD_MS = 5000;

/** What Node-REDs that call the same MISPs tell each other of them. */
export class AwayNews {
  private readonly servers = new Map<string, (found: Found) => void>();
  private readonly share: (news: ServerNews) => void;

  constructor(exchange: Exchange) {
    this.share = exchange.join({
      ...{ name: 'servers', read },
      hear: ({ server, found }, ageMs) => {
        if (ageMs < OLD_MS) this.servers.get(server)?.(found);
      },
    });
  }

  /** The node of a MISP listens; the function returned ends that. */
  listen(server: string, hear: (found: Found) => void): () => void {
    this.servers.set(server, hear);
    return () => {
      if (this.servers.get(server) === hear) this.servers.delete(server);
    };
  }

  tell(server: string, found: Found): void {
    this.share({ server, found });
  }
}

function read({ server, found }: Told): ServerNews | undefined {
  if (typeof server !== 'string' || (found !== 'away' && found !== 'back')) return undefined;
  return { server, found };
}
