/** The e-mail address as it is stored and searched: trimmed, lower-cased. Undefined if it is none. */
export function normalizeEmail(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 320 ? email : undefined;
}

/** The phone number as it is stored and searched: + and digits. Undefined if it is not international. */
export function normalizePhone(text: string): string | undefined {
  const phone = text.replace(/[\s().\-/]/g, '');
  return /^\+[1-9]\d{6,14}$/.test(phone) ? phone : undefined;
}
