export * from '@facekp/image'
