/** A process that does nothing: what keeps its event loop waiting is the machine. */
import { answerQuestions } from './answer-questions.js';

answerQuestions('nowhere', async () => undefined);
