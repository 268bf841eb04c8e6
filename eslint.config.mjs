import tseslint from 'typescript-eslint';

const nodeRed = {
  group: ['@node-red/*', 'node-red', 'node-red/*'],
  message: 'src/ knows nothing of Node-RED.',
};
const nodes = { group: ['**/nodes/**'], message: 'Arrows point from nodes/ to src/.' };

export default tseslint.config(
  {
    ignores: ['dist/**', '.demo/**', '.node-red-5/**', 'resources/**', 'node_modules/**', 'test/fixtures/**'],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['src/**/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [nodeRed, nodes] }] } },
  {
    files: ['src/event/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [nodeRed, nodes, { group: ['../*'], message: 'event is the ground floor.' }] },
      ],
    },
  },
);
