export * from '@facekp/backend'
