/** The kit: accessible parts under our tokens. Features import from here and never from react-aria-components for these. */

// The layers are named there: a style sheet that began with the kit's rules would put them under the reset.
import '../design/base.css'

export { Button, IconButton, type ButtonProps } from './Button'
export { Checkbox, Select, Switch, TextField, type Choice } from './Field'
export { Dialog } from './Dialog'
export { Kbd } from './Kbd'
export { Menu, type MenuAction } from './Menu'
export { Avatar, Chip, EmptyState, Hourglass, Note, Skeleton, useLate } from './small'
export { Tabs, type TabOf } from './Tabs'
export { Toasts, toast } from './Toast'
export { Tooltip } from './Tooltip'
