import { appName, emailColors } from './brand.js';

/** The text of an email, without markup. */
export interface EmailText {
  subject: string;
  /** Paragraphs above the links. */
  intro: string[];
  /** The first link is a button. */
  links: { label: string; url: string }[];
  /** Paragraphs below the links. */
  outro: string[];
}

const { light, dark } = emailColors;
const font = "font-family: system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";
const paragraphStyle = `margin: 0 0 16px; color: ${light.text}; font-size: 16px; line-height: 24px`;
const mutedStyle = `margin: 0 0 16px; color: ${light.mutedText}; font-size: 14px; line-height: 20px`;

/** Renders the text alternative, which is complete without the HTML. */
export function renderText({ intro, links, outro }: EmailText): string {
  const paragraphs = ['Hello,', ...intro, ...links.map(({ label, url }) => `${label}:\n${url}`), ...outro];
  return `${paragraphs.join('\n\n')}\n`;
}

/**
 * Renders the HTML. Styles are inline because some email clients ignore style elements; those that support a dark theme
 * also support the media query.
 */
export function renderHtml({ subject, intro, links, outro }: EmailText): string {
  const [button, ...others] = links;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
.background { background-color: ${dark.background} !important; }
.card { background-color: ${dark.card} !important; border-color: ${dark.border} !important; }
.text { color: ${dark.text} !important; }
.muted { color: ${dark.mutedText} !important; }
.link { color: ${dark.link} !important; }
.button { background-color: ${dark.button} !important; color: ${dark.buttonText} !important; }
}
</style>
</head>
<body class="background" style="margin: 0; padding: 0; background-color: ${light.background}">
<main>
<table role="presentation" class="background" width="100%" cellpadding="0" cellspacing="0" style="background-color: ${light.background}; ${font}">
<tr><td align="center" style="padding: 32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width: 560px">
<tr><td class="text" style="padding: 0 4px 16px; color: ${light.text}; font-size: 18px; font-weight: 600">${escapeHtml(appName)}</td></tr>
<tr><td class="card" align="left" style="padding: 28px 24px 12px; background-color: ${light.card}; border: 1px solid ${light.border}; border-radius: 12px">
<h1 class="text" style="margin: 0 0 16px; color: ${light.text}; font-size: 22px; line-height: 28px; font-weight: 600">${escapeHtml(subject)}</h1>
${intro.map((text) => paragraph(text, 'text', paragraphStyle)).join('\n')}
${button ? renderButton(button) : ''}
${others.map(({ label, url }) => `<p style="${paragraphStyle}">${link(url, label)}</p>`).join('\n')}
${button ? `<p class="muted" style="${mutedStyle}">If the button doesn’t work, open this address:<br>${link(button.url, button.url)}</p>` : ''}
${outro.map((text) => paragraph(text, 'muted', mutedStyle)).join('\n')}
</td></tr>
</table>
</td></tr>
</table>
</main>
</body>
</html>
`;
}

function renderButton({ label, url }: { label: string; url: string }): string {
  const style =
    'display: inline-block; padding: 12px 20px; border-radius: 8px; font-size: 16px; line-height: 20px; font-weight: 600; ' +
    `text-decoration: none; background-color: ${light.button}; color: ${light.buttonText}`;
  return `<p style="margin: 8px 0 24px"><a class="button" href="${escapeHtml(url)}" target="_blank" style="${style}">${escapeHtml(label)}</a></p>`;
}

function link(url: string, label: string): string {
  const style = `color: ${light.link}; word-break: break-word; overflow-wrap: anywhere`;
  return `<a class="link" href="${escapeHtml(url)}" target="_blank" style="${style}">${escapeHtml(label)}</a>`;
}

function paragraph(text: string, className: string, style: string): string {
  return `<p class="${className}" style="${style}">${escapeHtml(text)}</p>`;
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
