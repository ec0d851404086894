export { decodeBase64 } from './decode-base64.ts'
