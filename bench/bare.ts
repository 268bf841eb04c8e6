import http from 'node:http';

/** The least that a service can do: read, parse, look at the tags, answer. */
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { data } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      data: { Event: { Tag: { name: string }[] } };
    };
    const blocked = data.Event.Tag.some((tag) => tag.name === 'tlp:red');
    const body = JSON.stringify(blocked ? { error: 'blocked' } : { data: true });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
    response.end(body);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
