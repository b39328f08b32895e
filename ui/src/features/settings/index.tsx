/** Settings: one's own things first, then what leads and admins keep in order for everybody. */

export { SettingsScreen } from './SettingsScreen'
