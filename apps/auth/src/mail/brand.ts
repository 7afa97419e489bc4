/** The app's name in emails. Change it together with the name in the web app. */
export const appName = 'Acme';

/** The colors of emails, for readers with a light and a dark theme. */
export const emailColors = {
  light: {
    background: '#fafaf9',
    card: '#ffffff',
    border: '#e8e7e4',
    text: '#1c1c21',
    mutedText: '#62626c',
    link: '#3b5bdb',
    button: '#3b5bdb',
    buttonText: '#ffffff',
  },
  dark: {
    background: '#121214',
    card: '#1a1a1d',
    border: '#34343b',
    text: '#ededf0',
    mutedText: '#a3a3ae',
    link: '#93a6ff',
    button: '#93a6ff',
    buttonText: '#11142a',
  },
};
