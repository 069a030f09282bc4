// The way in for people with an account, beside a grid that everybody may see.
import { html, nothing, type TemplateResult } from "lit";
import type { Actions } from "./actions";
import type { State } from "./state";

export function loginPanel(state: Pick<State, "loginError" | "loggingIn">, actions: Pick<Actions, "logIn">): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    actions.logIn(String(data.get("login")), String(data.get("password")));
  };
  return html`<form class="login" @submit=${submit}>
    <h2>Log in</h2>
    <p class="muted">The grid is public. Cases and the live feed need an account.</p>
    <label>Log-in name<input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required /></label>
    <label>Password<input name="password" type="password" autocomplete="current-password" required /></label>
    ${state.loginError ? html`<p class="trouble" role="alert">${state.loginError}</p>` : nothing}
    <button class="primary" ?disabled=${state.loggingIn}>${state.loggingIn ? "Checking …" : "Log in"}</button>
    <p class="muted foot">To report something, use <a href="/report">the reporting page</a>; no account is needed.</p>
  </form>`;
}
