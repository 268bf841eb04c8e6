/** What MISP says of a setting, as `servers/getSetting` gives it. */
export interface KnownSetting {
  level: 0 | 1 | 2;
  description: string;
  /** What holds until it is set. */
  value: unknown;
  test: keyof typeof TESTS | null;
  type: 'string' | 'boolean' | 'numeric';
  /** Can only be set on MISP's command line. */
  cliOnly?: true;
}

/** What a value must be, in MISP's words. */
export const TESTS = {
  testBool: (value: unknown) =>
    typeof value === 'boolean' ||
    "Value is not a boolean, make sure that you convert 'true' to true for example.",
  testBoolTrue: (value: unknown) =>
    value === true || 'It is highly recommended that this setting is enabled.',
  testForEmpty: (value: unknown) => value !== '' || 'Value not set.',
  testURL: (value: unknown) =>
    /^https?:\/\//.test(String(value)) ||
    'The currently set baseurl does not match the URL through which you have accessed the page.',
  testForNumeric: (value: unknown) =>
    /^-?\d+(?:\.\d+)?$/.test(String(value)) || 'This setting has to be a number.',
  testForPortNumber: (value: unknown) =>
    (/^\d+$/.test(String(value)) && Number(value) >= 21 && Number(value) <= 65535) ||
    'Make sure that you pick a valid port number.',
  testLocalOrgStrict: (value: unknown) => /^[1-9]\d*$/.test(String(value)) || 'No organisation selected',
} satisfies Record<string, (value: unknown) => string | boolean>;

const on = (description: string, value = false): KnownSetting => ({
  ...{ level: 0, description, value, test: 'testBool', type: 'boolean' },
});
const url = (service: string, port: number): KnownSetting => ({
  ...{ level: 1, value: 'http://127.0.0.1', test: 'testForEmpty', type: 'string' },
  description: `The url used to access the ${service} services. By default, it is accessible at http://127.0.0.1:${port}`,
});
const port = (service: string, value: number): KnownSetting => ({
  ...{ level: 1, value, test: 'testForPortNumber', type: 'numeric' },
  description: `The port used to access the ${service} services. By default, it is accessible at 127.0.0.1:${value}`,
});
const seconds = (description: string, value: number): KnownSetting => ({
  ...{ level: 1, description, value, test: 'testForEmpty', type: 'numeric' },
});

const FAMILIES = ['Enrichment', 'Import', 'Export', 'Action'] as const;

const services = FAMILIES.flatMap((family): [string, KnownSetting][] => {
  const name = family.toLowerCase();
  return [
    [`Plugin.${family}_services_enable`, on(`Enable/disable the ${name} services`)],
    [`Plugin.${family}_services_url`, url(name, 6666)],
    [`Plugin.${family}_services_port`, port(name, 6666)],
    [`Plugin.${family}_timeout`, seconds(`Set a timeout for the ${name} services`, 10)],
  ];
});

/** Those that have to do with workflows, services of modules and the workers. MISP has some hundreds more. */
export const KNOWN: Readonly<Record<string, KnownSetting | undefined>> = Object.fromEntries<KnownSetting>([
  [
    'MISP.baseurl',
    {
      ...{ level: 0, value: '', test: 'testURL', type: 'string' },
      description: 'The base url of the application (in the format https://www.mymispinstance.com).',
    },
  ],
  ['MISP.live', on('Unless set to true, the instance will only be accessible by site admins.', true)],
  [
    'MISP.background_jobs',
    {
      ...{ level: 1, value: true, test: 'testBoolTrue', type: 'boolean' },
      description: "Enables the use of MISP's background processing.",
    },
  ],
  [
    'MISP.host_org_id',
    {
      ...{ level: 0, value: 0, test: 'testLocalOrgStrict', type: 'numeric' },
      description: 'The hosting organisation of this instance.',
    },
  ],
  [
    'Security.rest_client_enable_arbitrary_urls',
    {
      ...on('If you need to, you may enable the REST client to query arbitrary URLs.'),
      cliOnly: true,
    },
  ],
  ...services,
  ['Plugin.Enrichment_hover_enable', on('Enable/disable the hover over information')],
  ['Plugin.Enrichment_hover_timeout', seconds('Set a timeout for the hover services', 5)],
  ['Plugin.Workflow_enable', { ...on('Enable/disable workflow feature.'), level: 1 }],
  [
    'Plugin.Workflow_debug_url',
    {
      ...{ level: 1, value: 'http://127.0.0.1:27051', test: 'testForEmpty', type: 'string' },
      description: 'Set the debug URL where info about workflow execution will be POSTed',
    },
  ],
  ['Plugin.ZeroMQ_enable', { ...on('Enables or disables the pub/sub feature of MISP.'), level: 2 }],
  ['Plugin.ZeroMQ_tag_notifications_enable', { ...on('Enables the tag notifications.'), level: 2 }],
]);

/** `Plugin.Workflow_triggers_<id>`: whether a trigger is on. */
export function triggerSetting(trigger: string): KnownSetting {
  return { ...on(`Enable/disable the \`${trigger}\` trigger`), level: 1 };
}

/** `Plugin.<family>_<module>_enabled`, which MISP has for what the service lists. */
export function moduleSetting(module: string, about: string): KnownSetting {
  const description = `[<span class="bold">Enable or disable the ${module} module.</span>] ${about}`;
  return { ...on(description), level: 1 };
}

/** `Plugin.<family>_<module>_restrict`: the id of the one organisation that may use a module; empty is all of them. */
export function restrictSetting(module: string): KnownSetting {
  const description = `Restrict the ${module} module to the given organisation.`;
  return { level: 1, description, value: '', test: null, type: 'string' };
}
