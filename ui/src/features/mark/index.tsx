/** Marking a picture before it leaves: the window of the frozen screen, and the same board over any other window. */

export { MarkWindow } from './MarkWindow'
export { Marker } from './Marker'
