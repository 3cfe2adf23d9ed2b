// The application's wishes stand in the fragment: #?clientID=…&code=…&forwardUrl=… (or #!?…).
const wishes = new URLSearchParams(location.hash.replace(/^#!?\??/, ""));
for (const name of ["code", "clientID", "forwardUrl"]) {
  if (wishes.has(name)) document.getElementById(name).value = wishes.get(name);
}
const product = wishes.get("context[device][product]");
if (product) {
  document.getElementById("product").textContent = product;
  document.querySelector("input[name=product]").value = product;
}
if (wishes.has("code")) document.getElementById("request").open = false;
