/* A photograph of today's telephones is larger than what is taken: made smaller here, before it is sent. */
const shrink = async (file, side) => {
  const whole = await createImageBitmap(file);
  const scale = Math.min(1, side / Math.min(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(whole.width * scale);
  canvas.height = Math.round(whole.height * scale);
  canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
  return new File([blob], "picture.jpg", { type: "image/jpeg" });
};

document.addEventListener("change", async (event) => {
  const field = event.target.closest("input[type=file][data-shrink]");
  const file = field && field.files[0];
  if (!file || file.size < 1_500_000) return;
  const button = [...field.form.elements].find((one) => one.type === "submit");
  button.disabled = true;
  try {
    const list = new DataTransfer();
    list.items.add(await shrink(file, Number(field.dataset.shrink)));
    if (field.files[0] === file) field.files = list.files;
  } catch {
    /* Not a picture this browser knows: the server says what is wrong with it. */
  } finally {
    button.disabled = false;
  }
});
