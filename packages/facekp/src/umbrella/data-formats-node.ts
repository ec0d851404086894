export * from '@facekp/data-formats/node'
