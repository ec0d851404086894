export * from '@facekp/blurpool'
