/// <reference types="vite/client" />

declare module '*.webm' {
  const address: string
  export default address
}
