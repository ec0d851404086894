export * from '@facekp/data-ibug/node'
