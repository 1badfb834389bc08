/** How many questions wait for a person, where an operator sees it. */

import { h } from "../shared/host.js";
import { withQuery } from "../shared/api.js";
import { CountBadge } from "../shared/count-badge.js";
import { useResource } from "../shared/resource.js";
import { plural } from "../shared/time.js";

/** "12", or "100+" where no more are counted; null until it is known. */
export function useOpenQuestions(city) {
  const { data } = useResource(withQuery("review/count", { city }), () => 60);
  return data && { ...data, text: `${data.open}${data.is_all ? "" : "+"}` };
}

/** The number beside the name of the view; nothing where nothing waits. */
export function ReviewCount() {
  const count = useOpenQuestions();
  if (!count?.open) {
    return null;
  }
  return h(CountBadge, {
    text: count.text,
    title: `${plural(count.open, "question")}${count.is_all ? "" : " or more"} to review`,
  });
}
