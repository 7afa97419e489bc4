/** What the pages know of the person who is signed in. */
export interface User {
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
}
