/** What an example or a saved flow does not have: whoever imports it fills it in. */
export const SECRETS = {
  user: 'misp',
  password: 'secret',
  apiKey: 'a'.repeat(40),
  webhookUrl: 'https://chat.example.org/hooks/x',
  token: 'x'.repeat(20),
};
