/** Fields with a visible name, an optional hint, and the error right where it happened. */

import type { ReactNode, Ref } from 'react'
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Switch as AriaSwitch,
  Text,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components'
import { Check, ChevronDown } from 'lucide-react'
import styles from './Field.module.css'

export interface TextFieldProps extends Omit<AriaTextFieldProps, 'children' | 'className' | 'style'> {
  label: string
  /** The label is read aloud but not shown, where the surroundings say it. */
  quietLabel?: boolean
  hint?: ReactNode
  error?: string | undefined
  placeholder?: string
  rows?: number
  inputRef?: Ref<HTMLInputElement>
  start?: ReactNode
}

export function TextField({ label, quietLabel, hint, error, placeholder, rows, inputRef, start, ...rest }: TextFieldProps) {
  return (
    <AriaTextField {...rest} isInvalid={Boolean(error)} className={styles.field ?? ''}>
      <Label className={quietLabel ? 'unseen' : (styles.label ?? '')}>{label}</Label>
      {rows ? (
        <AriaTextArea className={`${styles.input} ${styles.area}`} rows={rows} placeholder={placeholder} />
      ) : (
        <span className={styles.box}>
          {start && <span className={styles.start}>{start}</span>}
          <Input className={styles.input ?? ''} placeholder={placeholder} ref={inputRef} data-started={start ? true : undefined} />
        </span>
      )}
      {hint && (
        <Text slot="description" className={styles.hint}>
          {hint}
        </Text>
      )}
      <FieldError className={styles.error ?? ''}>{error}</FieldError>
    </AriaTextField>
  )
}

export interface Choice<T extends string> {
  id: T
  name: string
  hint?: string
  icon?: ReactNode
}

export function Select<T extends string>(props: {
  label: string
  quietLabel?: boolean
  choices: readonly Choice<T>[]
  value: T | null
  onChange: (value: T) => void
  hint?: ReactNode
  small?: boolean
  disabled?: boolean
}) {
  return (
    <AriaSelect
      className={styles.field ?? ''}
      value={props.value}
      isDisabled={props.disabled ?? false}
      onChange={(key) => key !== null && props.onChange(String(key) as T)}
    >
      <Label className={props.quietLabel ? 'unseen' : (styles.label ?? '')}>{props.label}</Label>
      <AriaButton className={styles.select ?? ''} data-small={props.small || undefined}>
        <SelectValue className={styles.value ?? ''} />
        <ChevronDown aria-hidden="true" />
      </AriaButton>
      {props.hint && (
        <Text slot="description" className={styles.hint}>
          {props.hint}
        </Text>
      )}
      <Popover className={styles.popover ?? ''} offset={4}>
        <ListBox items={props.choices} className={styles.list ?? ''}>
          {(choice) => (
            <ListBoxItem id={choice.id} textValue={choice.name} className={styles.option ?? ''}>
              {choice.icon}
              <span className={styles.optionWords}>
                <Text slot="label">{choice.name}</Text>
                {choice.hint && (
                  <Text slot="description" className={styles.optionHint}>
                    {choice.hint}
                  </Text>
                )}
              </span>
              <Check className={styles.check} aria-hidden="true" />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  )
}

export function Switch(props: { children: ReactNode; hint?: ReactNode; on: boolean; onChange: (on: boolean) => void; disabled?: boolean }) {
  return (
    <AriaSwitch className={styles.switch ?? ''} isSelected={props.on} onChange={props.onChange} isDisabled={props.disabled ?? false}>
      <span className={styles.track} aria-hidden="true" />
      <span>
        {props.children}
        {props.hint && <span className={styles.hint}>{props.hint}</span>}
      </span>
    </AriaSwitch>
  )
}

export function Checkbox(props: { children: ReactNode; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <AriaCheckbox className={styles.checkbox ?? ''} isSelected={props.on} onChange={props.onChange}>
      <span className={styles.tick} aria-hidden="true">
        <Check />
      </span>
      <span>{props.children}</span>
    </AriaCheckbox>
  )
}
