export * from '@facekp/data-imm/node'
