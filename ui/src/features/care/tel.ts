/** The address that calls a number. People write numbers to be read; a phone wants digits. As `domain::provider` does. */
export function telOf(phone: string): string {
  return `tel:${phone.replace(/[^\d+]/g, '')}`
}
