/** A button that opens a short list of things to do. */

import type { ReactElement, ReactNode } from 'react'
import { Header, Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger, Popover, Text } from 'react-aria-components'
import { Check } from 'lucide-react'
import { Kbd } from './Kbd'
import styles from './Menu.module.css'

export interface MenuAction {
  id: string
  name: string
  hint?: string
  icon?: ReactNode
  keys?: string
  chosen?: boolean
  danger?: boolean
  disabled?: boolean
  act: () => void
}

export function Menu({ label, title, actions, children }: { label: string; title?: string; actions: readonly MenuAction[]; children: ReactElement }) {
  const items = actions.map((action) => (
    <MenuItem
      key={action.id}
      id={action.id}
      textValue={action.name}
      className={styles.item ?? ''}
      isDisabled={action.disabled ?? false}
      data-danger={action.danger || undefined}
      onAction={action.act}
    >
      {action.icon}
      <span className={styles.words}>
        <Text slot="label">{action.name}</Text>
        {action.hint && (
          <Text slot="description" className={styles.hint}>
            {action.hint}
          </Text>
        )}
      </span>
      {action.keys && <Kbd keys={action.keys} />}
      {action.chosen && <Check aria-hidden="true" className={styles.check} />}
    </MenuItem>
  ))
  return (
    <MenuTrigger>
      {children}
      <Popover className={styles.popover ?? ''} offset={4}>
        <AriaMenu aria-label={label} className={styles.menu ?? ''}>
          {title ? (
            <MenuSection>
              <Header className={styles.title}>{title}</Header>
              {items}
            </MenuSection>
          ) : (
            items
          )}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  )
}
