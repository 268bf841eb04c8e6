import { strict as assert } from 'node:assert';
import { migrate } from '../../nodes/migrate';
import { definitions } from '../support/definitions';
import { fileOf, savedNodes } from '../support/saved-flows';

/**
 * Flows that people have saved. Who raises the version of a definition adds a node to its file as the editor saves it
 * now, and leaves those that are there: what their settings meant, they mean.
 */
for (const { type, description } of definitions) {
  describe(`saved nodes of ${type}`, () => {
    const nodes = savedNodes(type);

    it('are kept of each version', () => {
      const kept = new Set(nodes.map(({ saved }) => saved.version));
      for (let version = 1; version <= description.version; version++) {
        assert.ok(kept.has(version), `${fileOf(type)} has no node of version ${version}`);
      }
    });

    for (const [index, { saved, now }] of nodes.entries()) {
      it(`of version ${saved.version} (${index + 1}) mean what they meant`, () => {
        const present = migrate(description, saved);
        for (const [name, value] of Object.entries(now)) {
          if (name === 'version') continue;
          assert.deepEqual(present[name], value, `${name}: if its meaning changed, raise the version`);
        }
        assert.equal(present.version, description.version);
      });

      it(`of version ${saved.version} (${index + 1}) become settings that the definition has`, () => {
        const names = new Set(['name', 'version', ...Object.keys(description.fields)]);
        for (const name of Object.keys(description.fields)) names.add(`${name}Type`);
        const lost = Object.keys(migrate(description, saved)).filter((name) => !names.has(name));
        assert.deepEqual(lost, [], 'a migration has to say what becomes of them');
      });
    }
  });
}
