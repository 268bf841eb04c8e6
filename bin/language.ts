/**
 * The language that the user of a shell has chosen, as a tag: `de-DE` of `de_DE.UTF-8`. POSIX: the first of these that is
 * not empty counts. Where none is, as on Windows, it is that of the system.
 */
export function languageOf(env: NodeJS.ProcessEnv): string {
  const chosen = env.LC_ALL || env.LC_MESSAGES || env.LANG;
  if (!chosen) return Intl.DateTimeFormat().resolvedOptions().locale;
  return chosen.split(/[.@]/)[0].replace('_', '-');
}
