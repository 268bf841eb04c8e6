import type { Page } from 'playwright-core';

/** Answers a question of the editor with the button that says so, and waits until the question is gone. */
export async function answerQuestion(page: Page, words: string): Promise<void> {
  const question = page
    .locator('.red-ui-notification')
    .filter({ has: page.locator('button', { hasText: words }) });
  await question.locator('button', { hasText: words }).click();
  await question.waitFor({ state: 'detached' });
}
