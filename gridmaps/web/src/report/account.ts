// The officer's log-in on the phone; people without an account never need it.
import { html, nothing, type TemplateResult } from "lit";
import type { Session } from "../api";
import type { Words } from "./words";

export type AccountState = { session: Session | null; open: boolean; busy: boolean; ended: boolean; problem: string | null };
export type AccountActions = { toggle: () => void; logIn: (login: string, password: string) => void; logOut: () => void; language: () => void };

export function accountRow(state: AccountState, words: Words, actions: AccountActions): TemplateResult {
  const language = html`<button class="plain" data-act="language" @click=${actions.language}>${words.otherLanguage}</button>`;
  if (state.session) {
    return html`<p class="row account"><b>${state.session.name}</b><span class="spring"></span>
      ${language}<button class="plain" @click=${actions.logOut}>${words.logout}</button></p>`;
  }
  return state.open ? form(state, words, actions) : html`<p class="row account">
    <button class="plain" data-act="officer" @click=${actions.toggle}>${words.officer}</button><span class="spring"></span>${language}</p>`;
}

function form(state: AccountState, words: Words, actions: AccountActions): TemplateResult {
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    actions.logIn(String(data.get("login")), String(data.get("password")));
  };
  return html`<form class="login" @submit=${submit}>
    <h2>${words.officer}</h2>
    ${state.ended ? html`<p class="trouble" role="status" data-ended>${words.sessionEnded}</p>` : nothing}
    <label>${words.loginName}<input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required /></label>
    <label>${words.password}<input name="password" type="password" autocomplete="current-password" required /></label>
    ${state.problem ? html`<p class="trouble" role="alert">${state.problem}</p>` : nothing}
    <p class="row"><button class="secondary" ?disabled=${state.busy}>${words.login}</button>
      <button type="button" class="plain" @click=${actions.toggle}>${words.cancel}</button></p>
  </form>`;
}
