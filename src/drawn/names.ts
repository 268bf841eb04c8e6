/**
 * What MISP takes as the name of a module: names are parts of its settings, such as `Plugin.Enrichment_<name>_enabled`,
 * and of addresses.
 */
export const MODULE_NAME = '^(?!(?:services|hover|ssl)$)[a-z0-9_]+$';

/** What MISP takes as the name of a module's setting: without points, braces, slashes and blanks. */
export const SETTING_NAME = '^(?!(?:enabled|restrict)$)[^.{}/\\s]+$';

/** What MISP can show as the name of a field for its user: it becomes a part of the form's own names. */
export const FIELD_NAME = '^[A-Za-z0-9_ -]+$';
