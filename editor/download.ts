/** Hands the user a file. */
export function download(file: string, words: string, type = 'application/json'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([words], { type }));
  link.download = file;
  link.click();
  URL.revokeObjectURL(link.href);
}
