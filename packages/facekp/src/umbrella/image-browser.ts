export * from '@facekp/image/browser'
