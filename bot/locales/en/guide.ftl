# Step-by-step guides.

guide-step =
    🧭 { $title }
    <b>Step { $number } of { $count }</b>
guide-first =
    🧭 <b>{ $title }</b>
    { $sentence }

    <b>Step { $number } of { $count }</b>
guide-changed = ℹ️ These steps have just been edited, so we go on from here.
guide-helped =
    🧭 { $title }
    ✅ It helped at step { $number }.
guide-stopped =
    🧭 { $title }
    🙋 Stopped at step { $number }: a specialist will go on and sees what you have tried.
guide-not-mine =
    🧭 { $title }
    🤷 Not your case, we look further.
guide-left =
    🧭 { $title }
    ➡️ It goes on in another article, below.
guide-taken-back =
    🧭 These steps are no longer there.
guide-gone = These steps were taken back while we followed them. Tell me what is on the screen now, or call a person.
guide-with-person = A specialist has your question already, so I have stopped the steps. Write here, and they will see it.
guide-with-person-toast = A specialist has your question; the steps are stopped
guide-offer = Back to the steps? <b>{ $title }</b>, you stopped at step { $number } of { $count }.
guide-over = These steps are finished. Write your question again and we will start anew.
guide-over-toast = These steps are finished. Write your question again and we will start anew.
guide-moved-toast = Done already: this is step { $number } of { $count }.
guide-below-toast = The steps go on in the message below: step { $number } of { $count }.
guide-check-busy-toast = A check is running already, one moment.
guide-check-toast = Checking, the result comes below

btn-guide = 🧭 Step by step
btn-guide-next = ➡️ Next
btn-guide-failed = ❌ Did not work
btn-guide-check = 🔎 Check
btn-guide-back = ↩️ Back
btn-guide-person = 🙋 A person
btn-guide-all = 📄 All at once
btn-guide-other = 🤷 Not my case
btn-guide-return = 🧭 Back to the steps
btn-guide-copy = 📋 { $command }

card-steps = <b>Steps</b> (<code>{ $id }</code>): { $steps }

# Words that mean the same as the buttons while steps are under way; between commas.
guide-typed-helped = it helped, helped, it works, works now, it works now, solved, fixed, helped thanks, it works thanks
guide-typed-next = next, next step, done, did it, it did not help, did not help, it didn t help, didn t help, no luck
guide-typed-failed = it did not work, did not work, it didn t work, didn t work, it failed
guide-typed-back = back, go back, previous step

stats-solving = Which step solves, 30 days:
stats-solving-row = • { $what } — { $step ->
        [0] step “{ $id }”, which is gone
       *[other] step { $step }
    }: { $count }
