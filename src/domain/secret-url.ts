/** URLs of settings, in which a user and a password may sign in. */

const signIn = /^(\w+:\/\/[^/?#@:]*:)[^/?#]*@/;

/** A URL as it is shown: without the password. */
export function withoutPassword(url: string): string {
  return url.replace(signIn, '$1***@');
}

/** A URL as it was shown keeps the password it has. */
export function withPassword(url: string, before: string | null | undefined): string {
  return before && withoutPassword(before) === url ? before : url;
}

/** Where something is fetched from, without what may be secret in its URL. */
export function sourceOf(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/?#]*@/, '$1').replace(/\?.*$/s, '');
}

/** What is wrong with the URL of a setting; undefined: nothing. */
export function problemOfUrl(url: string): string | undefined {
  if (!/^https?:\/\/[^\s/]/.test(url) || !URL.canParse(url)) return 'expected a URL of http or https';
  return url.includes(':***@') ? 'expected the password, got ***, as it is shown' : undefined;
}
