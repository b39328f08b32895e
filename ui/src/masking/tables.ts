/**
 * What is masked, as tables: the same as `rules` in `tests/vectors/masking.json`, which a test compares. Ranges and lengths as the
 * card networks publish them, IBAN structures as in SWIFT's registry; reasons for what is missing stand in that file.
 */

/** Zeros of the blocks of ten digits that people type. */
export const ZEROS = ['0', '\u0660', '\u06f0', '\uff10']

/** May stand between the groups of one number. */
export const SEPARATORS =
  ' \t-._\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u2010\u2011\u2012\u2013\u2014\u2015\u202f\u2212\u3000'

/** Most separators between two groups of one number. */
export const SEPARATORS_BETWEEN_GROUPS = 3

/** First and last leading digits, and the lengths in use. */
export interface Issuer {
  name: string
  from: string
  to: string
  lengths: readonly number[]
}

export const ISSUERS: readonly Issuer[] = [
  { name: 'Visa', from: '4', to: '4', lengths: [16, 19] },
  { name: 'Mastercard', from: '51', to: '55', lengths: [16] },
  { name: 'Mastercard', from: '2221', to: '2720', lengths: [16] },
  { name: 'American Express', from: '34', to: '34', lengths: [15] },
  { name: 'American Express', from: '37', to: '37', lengths: [15] },
  { name: 'Discover', from: '6011', to: '6011', lengths: [16, 17, 18, 19] },
  { name: 'Discover', from: '644', to: '649', lengths: [16, 17, 18, 19] },
  { name: 'Discover', from: '65', to: '65', lengths: [16, 17, 18, 19] },
  { name: 'Diners Club', from: '300', to: '305', lengths: [14, 16, 17, 18, 19] },
  { name: 'Diners Club', from: '3095', to: '3095', lengths: [14, 16, 17, 18, 19] },
  { name: 'Diners Club', from: '36', to: '36', lengths: [14, 16, 17, 18, 19] },
  { name: 'Diners Club', from: '38', to: '39', lengths: [14, 16, 17, 18, 19] },
  { name: 'JCB', from: '3528', to: '3589', lengths: [16, 17, 18, 19] },
  { name: 'UnionPay', from: '62', to: '62', lengths: [16, 17, 18, 19] },
  { name: 'UnionPay', from: '8100', to: '8171', lengths: [16, 17, 18, 19] },
  { name: 'Maestro', from: '5018', to: '5018', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro', from: '5020', to: '5020', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro', from: '5038', to: '5038', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro', from: '5612', to: '5612', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro', from: '5893', to: '5893', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro', from: '6304', to: '6304', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro', from: '6390', to: '6390', lengths: [16, 17, 18, 19] },
  { name: 'Maestro', from: '6759', to: '6759', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro', from: '6761', to: '6763', lengths: [12, 13, 14, 15, 16, 17, 18, 19] },
  { name: 'Maestro, Bancontact', from: '67', to: '67', lengths: [16, 17, 18, 19] },
  { name: 'Dankort', from: '5019', to: '5019', lengths: [16] },
  { name: 'Mir', from: '2200', to: '2204', lengths: [16, 17, 18, 19] },
  { name: 'RuPay', from: '508', to: '508', lengths: [16] },
  { name: 'RuPay', from: '60', to: '60', lengths: [16] },
  { name: 'RuPay', from: '8172', to: '8299', lengths: [16] },
  { name: 'Elo', from: '5067', to: '5067', lengths: [16] },
  { name: 'Elo', from: '509', to: '509', lengths: [16] },
  { name: 'Elo', from: '6277', to: '6277', lengths: [16] },
  { name: 'Elo', from: '6362', to: '6363', lengths: [16] },
  { name: 'Hipercard', from: '606282', to: '606282', lengths: [16, 19] },
  { name: 'Troy', from: '9792', to: '9792', lengths: [16] },
  { name: 'Verve', from: '5060', to: '5061', lengths: [16, 18, 19] },
]

/** Words for a card's security code. */
export const CODE_WORDS = [
  'kartenprüfnummer', 'kartenprüfziffer', 'kartenprüfcode', 'sicherheitscode', 'prüfnummer', 'prüfziffer',
  'card verification value', 'card verification code', 'card verification number', 'card security code',
  'security code', 'card code', 'code de sécurité', 'cryptogramme', 'código de seguridad', 'codice di sicurezza',
  'veiligheidscode', 'cvv', 'cvv2', 'cvc', 'cvc2', 'cvn', 'csc',
]

/** Words that may stand between such a word and the code. */
export const CODE_BETWEEN = [
  'is', 'was', 'the', 'code', 'number', 'no', 'nr', 'my', 'ist', 'lautet', 'der', 'die', 'das', 'est', 'le', 'es',
  'el', 'as',
]

/** Most characters between such a word and the code. */
export const CODE_BETWEEN_AT_MOST = 20

/** What follows country and check digits: n digits, a letters, c either. */
export const IBAN: Readonly<Record<string, string>> = {
  AD: '8n12c', AE: '19n', AL: '8n16c', AT: '16n', AZ: '4a20c', BA: '16n', BE: '12n', BG: '4a6n8c', BH: '4a14c',
  BI: '23n', BR: '23n1a1c', BY: '4c4n16c', CH: '5n12c', CR: '18n', CY: '8n16c', CZ: '20n', DE: '18n', DJ: '23n',
  DK: '14n', DO: '4c20n', EE: '16n', EG: '25n', ES: '20n', FI: '14n', FK: '2a12n', FO: '14n', FR: '10n11c2n',
  GB: '4a14n', GE: '2a16n', GI: '4a15c', GL: '14n', GR: '7n16c', GT: '24c', HN: '4a20n', HR: '17n', HU: '24n',
  IE: '4a14n', IL: '19n', IQ: '4a15n', IS: '22n', IT: '1a10n12c', JO: '4a4n18c', KW: '4a22c', KZ: '3n13c',
  LB: '4n20c', LC: '4a24c', LI: '5n12c', LT: '16n', LU: '3n13c', LV: '4a13c', LY: '21n', MC: '10n11c2n', MD: '20c',
  ME: '18n', MK: '3n10c2n', MN: '16n', MR: '23n', MT: '4a5n18c', MU: '4a19n3a', NI: '4a20n', NL: '4a10n', NO: '11n',
  OM: '3n16c', PK: '4a16c', PL: '24n', PS: '4a21c', PT: '21n', QA: '4a21c', RO: '4a16c', RS: '18n', RU: '14n15c',
  SA: '2n18c', SC: '4a20n3a', SD: '14n', SE: '20n', SI: '15n', SK: '20n', SM: '1a10n12c', SO: '19n', ST: '21n',
  SV: '4a20n', TL: '19n', TN: '20n', TR: '6n16c', UA: '6n19c', VA: '18n', VG: '4a16n', XK: '16n', YE: '4a4n18c',
}
