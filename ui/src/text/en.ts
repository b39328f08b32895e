/**
 * Every sentence people read, in one folder; this file gathers it. Short, plain, kind. Words of the floor: asker, helper,
 * desk; never ticket for a request, queue number, violation or failed user. Names in sentences are arguments.
 */

import type { Owed, RequestState, Role, Status, Urgency } from '../protocol/wire'
import type { CapabilityReason } from '../host/host'
import { affectedWords } from './affected'
import { board } from './board'
import { callWords } from './call'
import { composing } from './composing'
import { joining } from './joining'
import { media } from './media'
import { mentionWords } from './mentions'
import { organisation } from './organisation'
import { owed } from './owed'
import { reach } from './reach'
import { recording } from './recording'
import { requestWords } from './request'
import { rotaWords } from './rota'
import { service } from './service'
import { stillWords } from './still'
import { where } from './where'
import { working } from './working'

export const en = {
  product: 'Deskside',

  common: {
    close: 'Close',
    cancel: 'Cancel',
    save: 'Save',
    saved: 'Saved',
    back: 'Back',
    more: 'More',
    undo: 'Undo',
    retry: 'Try again',
    copy: 'Copy',
    copied: 'Copied',
    remove: 'Remove',
    notes: 'Notes',
    loading: 'Loading',
    you: 'you',
    nobody: 'nobody',
    youFirst: 'You',
    deskside: 'Deskside',
    someone: 'Someone',
    optional: 'optional',
    on: 'on',
    off: 'off',
  },

  rail: {
    label: 'Deskside',
    inbox: 'Inbox',
    solved: 'Solved',
    board: 'Board',
    people: 'People',
    settings: 'Settings',
    search: 'Search or do anything',
    ask: 'Ask for help',
    keys: 'Keys of this screen',
    waitingForYou: (count: number) => (count === 1 ? '1 waiting for you' : `${count} waiting for you`),
    customersWaiting: (count: number) => (count === 1 ? '1 customer waiting' : `${count} customers waiting`),
  },

  urgency: {
    live: 'customer waiting',
    today: 'today',
    whenever: 'whenever',
  } satisfies Record<Urgency, string>,

  urgencyHint: {
    live: 'Someone is on the line now',
    today: 'An answer before the end of the day',
    whenever: 'When there is time',
  } satisfies Record<Urgency, string>,

  state: {
    open: 'waiting',
    accepted: 'waiting',
    waiting_asker: 'waiting',
    waiting_other: 'waiting',
    answered: 'answered',
    solved: 'solved',
    withdrawn: 'withdrawn',
    merged: 'merged',
  } satisfies Record<RequestState, string>,

  status: {
    available: 'Available',
    on_call: 'On a call',
    away: 'Away',
    off: 'Off',
  } satisfies Record<Status, string>,

  statusHint: {
    available: 'You can be rung',
    on_call: 'Silent cards only',
    away: 'Back soon',
    off: 'Not working',
  } satisfies Record<Status, string>,

  presence: {
    label: (status: string) => `Your status: ${status}`,
    title: 'Can you be reached?',
    notConnected: 'not connected',
    idle: 'not at the keyboard',
    signOut: 'Sign out',
    profile: 'Your profile and settings',
  },

  role: { agent: 'Agent', lead: 'Lead', admin: 'Admin' } satisfies Record<Role, string>,

  roleHint: {
    agent: 'Asks and helps',
    lead: 'Also opens desks',
    admin: 'Also people, invitations and the organisation',
  } satisfies Record<Role, string>,

  palette: {
    title: 'Search or do anything',
    placeholder: 'Search, go anywhere, do anything',
    actions: 'Do',
    places: 'Go to',
    requests: 'Requests',
    people: 'People',
    found: 'Found in threads',
    nothing: (query: string) => `Nothing for "${query}"`,
    askInstead: (query: string) => `Ask: ${query}`,
    searching: 'Searching',
    offline: 'Offline: only what is here was searched',
    failed: 'Search did not answer. What is here was searched.',
    theme: { light: 'Light theme', dark: 'Dark theme', system: 'Theme of the system' },
    setStatus: (status: string) => `Be ${status.toLowerCase()}`,
  },

  keys: {
    title: 'Keys',
    everywhere: 'Everywhere',
    list: 'List',
    request: 'Request',
    clip: 'Clip',
    call: 'Call',
    next: 'Next request',
    previous: 'Previous request',
    enter: 'Into the request',
    back: 'Back',
    take: 'Take',
    write: 'Write',
    callKey: 'Call',
    wantClip: 'Ask for a clip',
    solved: 'Solved',
    pictureLarge: 'Picture large',
    playPause: 'Play or pause',
    reverse: 'Back 5 seconds',
    forward: 'Forward 5 seconds; again: faster',
    frameBack: 'One picture back',
    frameOn: 'One picture on',
    comment: 'Comment at this moment',
    palette: 'Search or do anything',
    ask: 'Ask for help',
    sheet: 'This sheet',
  },

  connection: {
    connecting: 'Connecting',
    offline: 'Offline',
    offlineSince: (time: string) => `Offline for ${time}. What you write is kept here and sent when the server is back.`,
    unsent: (count: number) => (count === 1 ? '1 not sent yet' : `${count} not sent yet`),
    outdated: 'This app and the server are of different versions. What you wrote is kept and goes out once they fit.',
    update: 'Get the app that fits',
    reload: 'Reload',
  },

  capabilities: {
    browser: { recordScreen: 'This browser can\'t record the screen. Use the desktop app, or a current Chrome, Edge or Firefox.', takeShot: 'A browser can\'t take the screenshot. Take it with your system\'s key and paste it here.', hotkey: 'The key in every program needs the desktop app.', notify: 'This browser shows no notifications.', openApps: 'Calls open in the browser.', keepSecrets: '', findNumbers: 'A browser does not look for card numbers in pictures. Cover them yourself with Redact.' },
    insecure: 'This page is not on a secure address (https), so the browser blocks it. Ask for the https address.',
    not_granted: 'Allow it in the settings of the browser or system.',
    no_display_access: 'This desktop shares its screen with no program. Install xdg-desktop-portal and its part for this desktop.',
    not_installed: 'A program that is needed is not installed.',
    getApp: 'Get the desktop app',
    paste: 'Take it with your system\'s key and paste it here.',
    /** A button that can't do it here, and why. */
    cannot: (what: string, why: string) => `${what}: ${why}`,
  } as const,

  because: {
    browser: 'A browser can\'t do this. The desktop app can.',
    insecure: 'Needs a secure address (https).',
    not_granted: 'Not allowed yet; allow it in the settings of the browser or system.',
    no_display_access: 'This desktop shares its screen with no program. Install xdg-desktop-portal and its part for this desktop.',
    not_installed: 'A program that is needed is not installed.',
  } satisfies Record<CapabilityReason, string>,

  notify: {
    critical: (name: string) => `Critical, from ${name}`,
    live: (name: string) => `${name}: customer waiting`,
    request: (name: string) => `${name} asks`,
    answer: (name: string) => `${name} answered`,
    back: (name: string) => `${name} asks back`,
    mention: (name: string) => `${name} mentions you`,
    clip: (name: string) => `${name} asks for a clip`,
    recordHint: 'Click to record.',
    ring: (name: string) => `${name} is calling`,
    ringBack: (name: string) => `${name} asks you to call`,
    /** In the tab's title. */
    ringing: (name: string) => `☎ ${name} is calling`,
    owed: {
      callback: (name: string) => `The call to ${name} is late`,
      update: (name: string) => `${name} waits for a word that is late`,
      follow_up: (name: string) => `${name} was not helped: please call`,
      late_follow_up: (name: string) => `${name} was not helped, and the call is late`,
    } satisfies Record<Owed, (name: string) => string>,
    take: 'Take',
    show: 'Show',
    liveCards: 'Customers waiting',
  },

  broken: {
    title: 'This screen broke',
    hint: 'What you wrote is kept. Reload; if it happens again, tell your admin what you did.',
    reload: 'Reload',
  },
  later: {
    title: 'This part is not here yet',
    hint: 'The network is away, or the server has become newer. Try again, or reload the page.',
    again: 'Try again',
  },

  ...requestWords,
  ...composing,
  ...media,
  ...recording,
  board,
  owed,
  reach,
  service,
  where,
  ...mentionWords,
  ...working,
  ...rotaWords,
  ...stillWords,
  ...affectedWords,
  ...callWords,
  ...joining,
  ...organisation,
} as const
