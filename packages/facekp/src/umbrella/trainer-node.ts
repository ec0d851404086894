export * from '@facekp/trainer/node'
