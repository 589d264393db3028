// What stands over a page now and then: the login, the password, the keys.
export { Keys } from './keys'
export { Login, LoginOver } from './login'
export { StepUp } from './stepup'
