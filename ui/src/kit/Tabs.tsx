/** Tabs, for pages that are several lists. */

import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components'
import styles from './Tabs.module.css'

export interface TabOf {
  id: string
  name: string
  icon?: ReactNode
  content: ReactNode
}

export function Tabs(props: { label: string; tabs: readonly TabOf[]; chosen: string; onChoose: (id: string) => void; upright?: boolean }) {
  return (
    <AriaTabs
      className={styles.tabs ?? ''}
      selectedKey={props.chosen}
      onSelectionChange={(key) => props.onChoose(String(key))}
      orientation={props.upright ? 'vertical' : 'horizontal'}
    >
      <TabList aria-label={props.label} className={styles.list ?? ''}>
        {props.tabs.map((tab) => (
          <Tab key={tab.id} id={tab.id} className={styles.tab ?? ''}>
            {tab.icon}
            {tab.name}
          </Tab>
        ))}
      </TabList>
      {props.tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className={styles.panel ?? ''}>
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  )
}
