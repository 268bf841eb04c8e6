import { defineConfig } from 'vitepress';
import { REPOSITORY } from '../../scripts/docs-pages.mjs';
import { slug } from '../../scripts/markdown.mjs';
import { sidebar } from '../order.mjs';
import { diagrams } from './diagrams.mjs';

/** Where the site stands at its host: GitHub's pages have the name of the repository in front. */
const base = process.env.DOCS_BASE ?? '/node-red-misp/';

export default defineConfig({
  title: 'MISP workflows for Node-RED',
  description: 'MISP asks, a flow in Node-RED decides, MISP gets its answer',
  lang: 'en',
  base,
  srcDir: 'pages',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}icon.svg` }]],
  markdown: {
    // An address in a text, such as that of a listener, is no link.
    linkify: false,
    anchor: { slugify: slug },
    config(md) {
      diagrams(md);
      indented(md);
      literal(md);
    },
  },
  themeConfig: {
    siteTitle: 'MISP workflows',
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Connect', link: '/connect' },
      { text: 'Nodes', link: '/nodes' },
      { text: 'Gallery', link: '/gallery' },
    ],
    sidebar: sidebar(),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY }],
    editLink: {
      text: 'Change this page',
      pattern: ({ frontmatter }) =>
        `https://github.com/misp-flows/node-red-misp/edit/main/${frontmatter.file}`,
    },
  },
});

/** Indented code looks, scrolls and is copied like code in a fence. */
function indented(md) {
  md.renderer.rules.code_block = (tokens, index, ...rest) => {
    Object.assign(tokens[index], { info: '', tag: 'code' });
    return md.renderer.rules.fence(tokens, index, ...rest);
  };
}

/** The pages show templates of Jinja; to VitePress they are text. */
function literal(md) {
  for (const rule of ['text', 'code_inline']) {
    const render = md.renderer.rules[rule];
    md.renderer.rules[rule] = (...args) => render(...args).replaceAll('{{', '&#123;&#123;');
  }
}
