export * from '@facekp/data-imm'
