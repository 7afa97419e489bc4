/** The name of the template, as it is spelled in identifiers: in full, and in short. */
const templateId = /(nestjs-)?task-template/g;
const templateTitle = /NestJS task template/g;

/** The value of `export const appName = '…'`: what pages and emails call the app. */
const appName = /^(export const appName = )'.*'/m;

/** @throws Error with a message for the terminal, if npm, PostgreSQL or Docker would reject the name. */
export function checkName(name: string): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40) {
    throw new Error(
      `"${name}" is not a valid name: use at most 40 lowercase letters, digits and hyphens, as in my-product.`,
    );
  }
  if (hasTemplateName(name)) {
    throw new Error(`"${name}" is the name of the template: choose a name of your own.`);
  }
  return name;
}

/** Returns whether a text contains the name of the template, in any spelling. */
export function hasTemplateName(text: string): boolean {
  return /task[-_ ]?template/i.test(text);
}

/** Replaces the name of the template. */
export function rename(text: string, name: string): string {
  return text
    .replace(templateId, name)
    .replace(templateTitle, displayName(name))
    .replace(appName, `$1'${displayName(name)}'`);
}

/** Returns a name as users read it: `my-product` becomes `My product`. */
export function displayName(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
}
