export * from '@facekp/image/node'
