import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ChatRequest {
  model: string;
  messages: { role: string; content: string }[];
}

/** A service that speaks as OpenAI does, with a model that says what a test wants. */
export interface ModelStandIn {
  url: string;
  asked: ChatRequest[];
  keys: (string | undefined)[];
  answer: (request: ChatRequest) => unknown;
  status: number;
  close(): Promise<void>;
}

export async function startModel(): Promise<ModelStandIn> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const asked = JSON.parse(body) as ChatRequest;
      model.asked.push(asked);
      model.keys.push(request.headers.authorization);
      const content = model.answer(asked);
      const told = { model: asked.model, choices: [{ message: { role: 'assistant', content } }] };
      response.writeHead(model.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(told));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const model: ModelStandIn = {
    ...{ url: `http://127.0.0.1:${port}/v1/chat/completions`, asked: [], keys: [], status: 200 },
    answer: () => 'OK',
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return model;
}
