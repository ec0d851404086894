export * from '@facekp/models/node'
