/** Config nodes of the workspace that stand for a MISP. */
function knownServers(): EditorNode[] {
  const servers: EditorNode[] = [];
  RED.nodes.eachConfig((config) => {
    if (config.type === 'misp-server') servers.push(config);
  });
  return servers;
}

/**
 * The MISP that a form's widgets search: the one chosen in the form, else the only one there is. Where there are
 * several, a small select is shown in `place`.
 * @returns how to read its id, or an empty text
 */
export function serverOf(prefix: string, place: JQuery, label: string): () => string {
  const chosen = $(`#${prefix}server`);
  const servers = knownServers();
  const offered = servers.length > 1 && chosen.length === 0;
  const select = offered
    ? $('<select class="misp-which">').attr('aria-label', label).appendTo(place)
    : undefined;
  if (select)
    for (const { id, name, url } of servers)
      $('<option>')
        .val(id)
        .text(name || String(url))
        .appendTo(select);
  return () => {
    if (select) return select.val();
    const id = chosen.val();
    if (RED.nodes.node(id)?.type === 'misp-server') return id;
    return servers.length === 1 ? servers[0].id : '';
  };
}
