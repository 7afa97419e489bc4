declare module 'pluralize' {
  const pluralize: {
    singular(word: string): string;
    plural(word: string): string;
    addIrregularRule(singular: string, plural: string): void;
    addUncountableRule(word: string): void;
  };
  export default pluralize;
}
